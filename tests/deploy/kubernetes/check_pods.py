"""What holds for every pod by itself: security, probes, volumes, time to end, selectors."""
import re
from manifests import (WORKLOADS, argument, config_file, config_of, containers, includes, main_container, mounted,
                       namespace_of, pod, pod_labels, ports, seconds, volumes, where)

# What Shutdown grants after drain_timeout (perspective_server.cc, coordinator_server.cc): until cancelled checks
# have told their streams; until cancelled calls have their records, and sessions and streams are over.
AFTER_DRAIN_SECONDS = {"Deployment": 1 + 1 + 5, "StatefulSet": 5 + 5 + 5}
HASH = re.compile(r".+-[a-z0-9]{10}$")


def security(world):
    """Pod Security Standard "restricted", and a root that cannot be written to."""
    for o in world.of("Namespace"):
        if o["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"{where(o)}: not under the restricted Pod Security Standard"
    for w in world.of(*WORKLOADS):
        if not world.get("Namespace", None, namespace_of(w)):
            yield f"{where(w)}: its namespace is not among the objects"
        spec, context = pod(w), pod(w).get("securityContext", {})
        if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
            yield f"{where(w)}: may run as root"
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{where(w)}: no seccomp profile"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{where(w)}: holds a token of the cluster"
        if any(spec.get(k) for k in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{where(w)}: shares a namespace of its node"
        if any("hostPath" in v for v in volumes(w).values()):
            yield f"{where(w)}: mounts a path of its node"
        for c in containers(w):
            yield from container_security(w, c)


def container_security(w, c):
    own = c.get("securityContext", {})
    if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
        yield f"{where(w)}: {c['name']} may gain privileges"
    if own.get("readOnlyRootFilesystem") is not True:
        yield f"{where(w)}: {c['name']} may write to its root"
    if own.get("capabilities") != {"drop": ["ALL"]}:
        yield f"{where(w)}: {c['name']} keeps capabilities"
    resources = c.get("resources", {})
    if not {"cpu", "memory"} <= set(resources.get("requests", {})) or "memory" not in resources.get(
            "limits", {}):
        yield f"{where(w)}: {c['name']} says not what it needs"


def probes(world):
    for w in world.of(*WORKLOADS):
        c = main_container(w)
        for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"),
                            ("readinessProbe", "/readyz")):
            get = c.get(probe, {}).get("httpGet", {})
            if get != {"path": path, "port": "admin"} or "admin" not in ports(w):
                yield f"{where(w)}: {probe} is not {path} of the admin port"


def listening(world):
    """The ports of the pod are those that its configuration listens on."""
    for w in world.of(*WORKLOADS):
        config = config_of(world, w)
        for name, field in (("grpc", "listen"), ("admin", "admin_listen")):
            address, _, port = config.get(field, "").rpartition(":")
            if str(ports(w).get(name)) != port or address in ("127.0.0.1", "[::1]"):
                yield f"{where(w)}: port {name} is {ports(w).get(name)}, {field} {config.get(field)}"


def files(world):
    """Mounts have volumes, volumes have sources, and what the configuration names is mounted."""
    for w in world.of(*WORKLOADS):
        for c in containers(w):
            for mount in c.get("volumeMounts", []):
                if mount["name"] not in volumes(w):
                    yield f"{where(w)}: {c['name']} mounts {mount['name']}, which is no volume"
                if "subPath" in mount:
                    yield f"{where(w)}: {mount['name']} by subPath would never change"
        for v in volumes(w).values():
            name = v.get("configMap", {}).get("name")
            if name and (not world.get("ConfigMap", namespace_of(w), name) or not HASH.match(name)):
                yield f"{where(w)}: ConfigMap {name} is not there, or not named by its hash"
        if config_file(world, w) is None:
            yield f"{where(w)}: no configuration behind --config"
            continue
        yield from config_paths(w, config_of(world, w))


def config_paths(w, config):
    for field in ("certificate_file", "private_key_file", "trusted_ca_file"):
        path = config["tls"][field]
        mount = mounted(w, path)
        source = volumes(w).get(mount["name"], {}) if mount else {}
        if not {"secret", "csi"} & set(source) or not path.endswith(("tls.crt", "tls.key", "ca.crt")):
            yield f"{where(w)}: tls.{field} {path} is on no mounted secret"
    directory = config.get("audit", {}).get("directory")
    if directory:
        mount = mounted(w, directory)
        if not mount or "claim" not in volumes(w).get(mount["name"], {}) or mount.get("readOnly"):
            yield f"{where(w)}: audit.directory {directory} outlives no pod"


def resolver(world):
    """The perspective asks the resolver beside it, which ends after it."""
    for w in world.of("Deployment"):
        beside = [c for c in pod(w).get("initContainers", []) if c["name"] == "resolver"]
        if not beside or beside[0].get("restartPolicy") != "Always":
            yield f"{where(w)}: no resolver that lives as long as its perspective"
            continue
        path = argument(beside[0], "-c")
        name = volumes(w)["resolver-config"]["configMap"]["name"]
        conf = world.get("ConfigMap", namespace_of(w), name)["data"][path.rpartition("/")[2]]
        port = re.search(r"^ *port: (\d+)$", conf, re.M).group(1)
        config = config_of(world, w)
        if config["resolver"]["address"] != f"127.0.0.1:{port}":
            yield f"{where(w)}: resolver.address is not where the resolver listens"


def ending(world):
    """Nothing under way is cut off by Kubernetes."""
    for w in world.of(*WORKLOADS):
        config = config_of(world, w)
        drain = seconds(config.get("drain_timeout"), 30)
        stop = main_container(w)["lifecycle"]["preStop"]["sleep"]["seconds"]
        if pod(w)["terminationGracePeriodSeconds"] < stop + drain + AFTER_DRAIN_SECONDS[w["kind"]]:
            yield f"{where(w)}: is killed before it has drained"
        if "perspectives" in config:
            if drain < seconds(config.get("limits", {}).get("request_timeout"), 60):
                yield f"{where(w)}: drain_timeout is shorter than a request may take"
            budget = seconds(config.get("policy", {}).get("check_budget"), 10)
            for p in world.of("Deployment"):
                its = config_of(world, p)
                if seconds(its.get("drain_timeout"), 30) < budget:
                    yield f"{where(p)}: drain_timeout is shorter than a check may take"


def selectors(world):
    for w in world.of(*WORKLOADS):
        if not includes(pod_labels(w), w["spec"]["selector"]["matchLabels"]):
            yield f"{where(w)}: does not select its own pods"
        for spread in pod(w)["topologySpreadConstraints"]:
            if not includes(pod_labels(w), spread["labelSelector"]["matchLabels"]):
                yield f"{where(w)}: spreads pods of others"
        covering = [o for o in world.of("PodDisruptionBudget")
                    if w in world.selected(namespace_of(o), o["spec"]["selector"]["matchLabels"])]
        if len(covering) != 1 or covering[0]["spec"].get("maxUnavailable") != 1:
            yield f"{where(w)}: not exactly one PodDisruptionBudget of one pod"
        account = world.get("ServiceAccount", namespace_of(w), pod(w)["serviceAccountName"])
        if not account or account["automountServiceAccountToken"] is not False:
            yield f"{where(w)}: no service account of its own"


ALL = (security, probes, listening, files, resolver, ending, selectors)
