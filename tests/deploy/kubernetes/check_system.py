"""What holds between the parts: who reaches whom, names and places, scaling, monitoring, images."""
import pathlib
import re
import yaml
from manifests import (WORKLOADS, Peer, allows, config_of, containers, includes, main_container,
                       namespace_of, peer_of, pod, pod_labels, policies_of, ports, where)

METADATA_SERVICES = ("169.254.169.254", "fd00:ec2::254")
PRIVATE = ("10.1.2.3", "172.20.1.1", "192.168.7.7", "100.64.3.3", "127.0.0.1", "::1", "fe80::1", "fc00::1")
PUBLIC = ("8.8.8.8", "2001:4860:4860::8888")
VALIDATION_PORTS = (("UDP", 53), ("TCP", 53), ("TCP", 80), ("TCP", 443))
STRANGER = Peer(namespace="default", labels={"app.kubernetes.io/name": "anything"})
PROMETHEUS = Peer(namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"})
ADAPTER = pathlib.Path(__file__).resolve().parents[3] / "deploy/kubernetes/prometheus-adapter.yaml"
CLUSTER_DNS = Peer(namespace="kube-system", labels={"k8s-app": "kube-dns"})


def coordinators(world):
    return world.of("StatefulSet")


def perspectives(world):
    return world.of("Deployment")


def configured(world):
    """The coordinators' perspectives."""
    return [p for c in coordinators(world) for p in config_of(world, c)["perspectives"]]


def flow(world, w, direction, peer, protocol, port, wanted):
    if allows(world, w, direction, peer, protocol, port) != wanted:
        verb = {"Ingress": "be reached by", "Egress": "reach"}[direction]
        yield f"{where(w)}: {'cannot' if wanted else 'can'} {verb} {peer} at {protocol} {port}"


def coverage(world):
    for w in world.of(*WORKLOADS):
        for direction in ("Ingress", "Egress"):
            if not policies_of(world, w, direction):
                yield f"{where(w)}: no policy for {direction}"
        yield from flow(world, w, "Ingress", PROMETHEUS, "TCP", ports(w)["admin"], True)
        for name in ("grpc", "admin"):
            yield from flow(world, w, "Ingress", STRANGER, "TCP", ports(w)[name], False)
            yield from flow(world, w, "Ingress", Peer(address=PUBLIC[0]), "TCP", ports(w)[name], False)
        for address in METADATA_SERVICES + PRIVATE:
            for protocol, port in VALIDATION_PORTS:
                yield from flow(world, w, "Egress", Peer(address=address), protocol, port, False)
        yield from flow(world, w, "Egress", STRANGER, "TCP", 443, False)


def validation_traffic(world):
    for w in perspectives(world):
        for address in PUBLIC:
            for protocol, port in VALIDATION_PORTS:
                yield from flow(world, w, "Egress", Peer(address=address), protocol, port, True)
            yield from flow(world, w, "Egress", Peer(address=address), "TCP", 25, False)
        for other in perspectives(world):
            yield from flow(world, w, "Ingress", peer_of(other), "TCP", ports(w)["grpc"], False)
    for w in coordinators(world):
        yield from flow(world, w, "Egress", CLUSTER_DNS, "UDP", 53, True)
        for address in PUBLIC:
            yield from flow(world, w, "Egress", Peer(address=address), "TCP", 443, False)
        ra = Peer(namespace="ra", labels={})
        yield from flow(world, w, "Ingress", ra, "TCP", ports(w)["grpc"], False)


def addresses(world):
    """The coordinator's address of each perspective leads to it through a Service and the policies."""
    for one in configured(world):
        namespace = "mpic-" + one["perspective_id"]
        found = [w for w in perspectives(world) if namespace_of(w) == namespace]
        service = world.get("Service", namespace, "perspective")
        if len(found) != 1 or not service:
            yield f"{world.name}: no perspective {one['perspective_id']} behind a Service"
        else:
            yield from address_complaints(world, one, found[0], service)
    asked = {"mpic-" + one["perspective_id"] for one in configured(world)}
    for w in perspectives(world):
        if namespace_of(w) not in asked:
            yield f"{where(w)}: no coordinator asks it"


def address_complaints(world, one, w, service):
    host, _, port = one["address"].rpartition(":")
    opened = [p for p in service["spec"]["ports"] if str(p["port"]) == port]
    if not opened or w not in world.selected(namespace_of(w), service["spec"]["selector"]):
        yield f"{where(service)}: no port {port} of {where(w)}"
    elif ports(w).get(opened[0]["targetPort"]) != ports(w).get("grpc"):
        yield f"{where(service)}: port {port} is not gRPC's"
    if service["spec"].get("type") == "LoadBalancer":
        name = f"{one['perspective_id']}.perspectives.ca.example"
        source = service["spec"]["loadBalancerSourceRanges"][0].partition("/")[0]
        yield from flow(world, w, "Ingress", Peer(address=source), "TCP", ports(w)["grpc"], True)
    else:
        name = f"perspective.{namespace_of(w)}.svc.cluster.local"
        for c in coordinators(world):
            yield from flow(world, w, "Ingress", peer_of(c), "TCP", ports(w)["grpc"], True)
            yield from flow(world, c, "Egress", peer_of(w), "TCP", ports(w)["grpc"], True)
    if host != name:
        yield f"{world.name}: {one['address']} is not {name}"


def identity_of(world, w):
    """The URI in its certificate: its own, or what csi-driver-spiffe gives its service account."""
    name = pod(w)["serviceAccountName"]
    expected = f"spiffe://ca.example/ns/{namespace_of(w)}/sa/{name}"
    secret = [v["secret"]["secretName"] for v in pod(w)["volumes"] if "secret" in v]
    if not secret:
        return expected
    for c in world.of("Certificate"):
        if namespace_of(c) == namespace_of(w) and c["spec"]["secretName"] == secret[0]:
            return expected if c["spec"]["uris"] == [expected] else f"{c['spec']['uris']}"
    return f"nobody: no Certificate makes {secret[0]}"


def server_names(world):
    """RAs may verify the name of the Service that they call."""
    for w in coordinators(world):
        for c in world.of("Certificate"):
            if namespace_of(c) == namespace_of(w):
                wanted = f"coordinator.{namespace_of(w)}.svc"
                if c["spec"].get("dnsNames") != [wanted, f"{wanted}.cluster.local"]:
                    yield f"{where(c)}: is called {wanted}, and says it is {c['spec'].get('dnsNames')}"


def rules_of(objects):
    return {one.get("alert") or one["record"] for o in objects for group in o["spec"]["groups"]
            for one in group["rules"]}


def alerting(world):
    """Each cluster has rules once, and nobody misses a coordinator where there is none."""
    for w in perspectives(world) + coordinators(world):
        beside = world.cluster_of(w)
        found = [o for o in beside if o["kind"] == "PrometheusRule"]
        alone = not any(o["kind"] == "StatefulSet" for o in beside)
        if len(found) != 1:
            yield f"{where(w)}: {len(found)} sets of rules in its cluster"
        elif ("MpicCoordinatorAbsent" in rules_of(found)) == alone:
            yield f"{where(w)}: MpicCoordinatorAbsent {'would always fire' if alone else 'never fires'}"
        elif "MpicResolverNotValidating" not in rules_of(found):
            yield f"{where(w)}: nobody would tell that its resolver does not validate"


def names(world):
    """Each side expects the certificate that the other one has."""
    for one in configured(world):
        for w in perspectives(world):
            if namespace_of(w) == "mpic-" + one["perspective_id"]:
                if identity_of(world, w) != one["peer_name"]:
                    yield f"{where(w)}: is {identity_of(world, w)}, expected as {one['peer_name']}"
    for w in perspectives(world):
        allowed = config_of(world, w)["tls"]["allowed_peers"]
        if allowed != [identity_of(world, c) for c in coordinators(world)]:
            yield f"{where(w)}: allows {allowed}"


def places(world):
    """A perspective says of itself what the coordinator pins, and runs only there."""
    pinned = {one["perspective_id"]: one for one in configured(world)}
    for w in perspectives(world):
        config = config_of(world, w)
        one = pinned.get(config["perspective_id"], {})
        for field in ("region", "rir", "location"):
            if config[field] != one.get(field):
                yield f"{where(w)}: {field} is {config[field]} here and {one.get(field)} at the coordinator"
        if namespace_of(w) != "mpic-" + config["perspective_id"]:
            yield f"{where(w)}: perspective {config['perspective_id']} in a namespace of another"
        if pod_labels(w).get("perspective") != config["perspective_id"]:
            yield f"{where(w)}: label perspective is not its id"
        terms = pod(w)["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        rule = {"key": "topology.kubernetes.io/region", "operator": "In", "values": [config["region"]]}
        if terms != {"nodeSelectorTerms": [{"matchExpressions": [rule]}]}:
            yield f"{where(w)}: may be scheduled outside of {config['region']}"
        told = {"name": config.get("region_variable"), "valueFrom": {
            "fieldRef": {"fieldPath": "metadata.labels['topology.kubernetes.io/region']"}}}
        if told not in main_container(w).get("env", []):
            yield f"{where(w)}: is not told where it runs"


def streams(world):
    """That each perspective has when all is quiet: one for each thread of the coordinators there are at least."""
    smallest = [h["spec"]["minReplicas"] for c in coordinators(world)
                for h in world.of("HorizontalPodAutoscaler") if namespace_of(h) == namespace_of(c)]
    return sum(n * config_of(world, c)["threads"] for n, c in zip(smallest, coordinators(world)))


def scaling(world, exported):
    """`exported`: the names of all metrics of the programs."""
    adapter = yaml.safe_load(ADAPTER.read_text())["rules"]["custom"][0]
    served = re.compile(re.search(r'__name__=~"([^"]+)"', adapter["seriesQuery"]).group(1))
    for w in world.of(*WORKLOADS):
        scalers = [h for h in world.of("HorizontalPodAutoscaler") if namespace_of(h) == namespace_of(w)]
        if len(scalers) != 1 or "replicas" in w["spec"]:
            yield f"{where(w)}: not exactly one that says how many there are"
            continue
        spec = scalers[0]["spec"]
        target = {k: spec["scaleTargetRef"][k] for k in ("kind", "name")}
        if target != {"kind": w["kind"], "name": w["metadata"]["name"]}:
            yield f"{where(scalers[0])}: scales {target}"
        if spec["minReplicas"] < 2:
            yield f"{where(scalers[0])}: may leave one pod"
        first, second = spec["metrics"]
        if first["pods"]["metric"]["name"] not in exported:
            yield f"{where(scalers[0])}: nobody exports {first['pods']['metric']['name']}"
        if not served.fullmatch(first["pods"]["metric"]["name"]):
            yield f"{where(scalers[0])}: {ADAPTER.name} does not serve {first['pods']['metric']['name']}"
        if w["kind"] == "Deployment" and spec["maxReplicas"] > streams(world):
            yield f"{where(scalers[0])}: up to {spec['maxReplicas']} pods, with {streams(world)} streams"
        if second["containerResource"]["container"] != main_container(w)["name"]:
            yield f"{where(scalers[0])}: CPU of no container"


def monitoring(world):
    for w in perspectives(world):
        found = [m for m in world.of("PodMonitor") if namespace_of(m) == namespace_of(w)
                 and includes(pod_labels(w), m["spec"]["selector"]["matchLabels"])]
        if len(found) != 1 or found[0]["spec"]["podMetricsEndpoints"][0]["port"] != "admin":
            yield f"{where(w)}: not scraped once"
    for w in coordinators(world):
        scraped = [s for m in world.of("ServiceMonitor") for s in world.of("Service")
                   if namespace_of(s) == namespace_of(m) == namespace_of(w)
                   and includes(s["metadata"]["labels"], m["spec"]["selector"]["matchLabels"])
                   and any(p["name"] == m["spec"]["endpoints"][0]["port"] for p in s["spec"]["ports"])]
        if len(scraped) != 1:
            yield f"{where(w)}: scraped through {len(scraped)} Services"
        governing = world.get("Service", namespace_of(w), w["spec"]["serviceName"])
        if not governing or governing["spec"].get("clusterIP") != "None":
            yield f"{where(w)}: serviceName is no headless Service"
    # The rules know the programs by these names of jobs, which jobLabel takes from the labels.
    jobs = {pod_labels(w)["app.kubernetes.io/name"] for w in world.of(*WORKLOADS)}
    if jobs != {"mpic-coordinator", "mpic-perspective"}:
        yield f"{world.name}: jobs {jobs}"


def images(world, version):
    for w in world.of(*WORKLOADS):
        for c in containers(w):
            if c["image"] != f"registry.ca.example/mpic-{c['name']}:{version}":
                yield f"{where(w)}: image {c['image']}"


ALL = (coverage, validation_traffic, addresses, names, server_names, places, monitoring, alerting)
