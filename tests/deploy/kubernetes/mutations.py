"""Faults that are put into good manifests, so that each check shows that it can see."""
from manifests import main_container, namespace_of, pod, pod_labels


def perspective(world):
    return world.of("Deployment")[0]


def coordinator(world):
    return world.of("StatefulSet")[0]


def remove(world, kind):
    world.objects.remove(world.of(kind)[0])


def in_config(world, old, new):
    """In the first ConfigMap that has it."""
    for o in world.of("ConfigMap"):
        for key, text in o["data"].items():
            if old in text:
                o["data"][key] = text.replace(old, new)
                return
    raise AssertionError(f"no configuration says {old}")


def scaler_of(world, workload):
    return next(o for o in world.of("HorizontalPodAutoscaler") if o["spec"]["scaleTargetRef"]["name"] ==
                workload["metadata"]["name"] and namespace_of(o) == namespace_of(workload))


def policy(world, namespace, name):
    return world.get("NetworkPolicy", namespace, name)["spec"]


# Name, what a complaint says of it, and how it is made.
MUTATIONS = (
    ("a policy is gone", "no policy for", lambda w: remove(w, "NetworkPolicy")),
    ("a Service is gone", "Service", lambda w: remove(w, "Service")),
    ("a budget is gone", "PodDisruptionBudget", lambda w: remove(w, "PodDisruptionBudget")),
    ("a namespace is not restricted", "restricted Pod Security",
     lambda w: w.of("Namespace")[0]["metadata"].update(labels={})),
    ("a root may be written to", "may write to its root",
     lambda w: main_container(perspective(w))["securityContext"].update(readOnlyRootFilesystem=False)),
    ("runs as root", "may run as root", lambda w: pod(coordinator(w))["securityContext"].update(runAsNonRoot=False)),
    ("the resolver ends first", "no resolver that lives as long", lambda w: pod(perspective(w))["initContainers"][0].pop("restartPolicy")),
    ("a probe at gRPC's port", "readinessProbe is not",
     lambda w: main_container(perspective(w))["readinessProbe"]["httpGet"].update(port="grpc")),
    ("liveness that depends on others", "livenessProbe is not",
     lambda w: main_container(coordinator(w))["livenessProbe"]["httpGet"].update(path="/readyz")),
    ("killed before it has drained", "is killed before",
     lambda w: pod(perspective(w)).update(terminationGracePeriodSeconds=30)),
    ("a drain shorter than a request", "shorter than a request", lambda w: in_config(w, 'drain_timeout: "60s"', 'drain_timeout: "30s"')),
    ("another port", "port grpc is", lambda w: in_config(w, 'listen: "0.0.0.0:7443"', 'listen: "0.0.0.0:7444"')),
    ("the audit log in the pod", "outlives no pod", lambda w: coordinator(w)["spec"].update(volumeClaimTemplates=[])),
    ("a certificate from nowhere", "on no mounted secret",
     lambda w: pod(perspective(w)).update(
         volumes=[v for v in pod(perspective(w))["volumes"] if v["name"] != "tls"])),
    ("any region will do", "may be scheduled outside", lambda w: pod(perspective(w))["affinity"]["nodeAffinity"].clear() or pod(
        perspective(w))["affinity"]["nodeAffinity"].update(
            requiredDuringSchedulingIgnoredDuringExecution={})),
    ("not told where it runs", "not told where it runs", lambda w: main_container(perspective(w)).update(env=[])),
    ("another place", "location is", lambda w: in_config(w, "longitude: 8.68", "longitude: 9.68")),
    ("another peer", "allows [", lambda w: in_config(w, "/ns/mpic-coordinator/sa/", "/ns/mpic/sa/")),
    ("another resolver", "not where the resolver listens", lambda w: in_config(w, "127.0.0.1:1053", "127.0.0.1:53")),
    ("a perspective that nobody asks", "no coordinator asks it", lambda w: in_config(w, "perspective_id: sa-east-1\n    address",
                                                           "perspective_id: sa-east-2\n    address")),
    ("pods of another name", "does not select its own pods", lambda w: pod_labels(perspective(w)).update({"app.kubernetes.io/name": "x"})),
    ("metadata services within reach", "can reach 169.254.169.254",
     lambda w: policy(w, "mpic-eu-central-1", "egress")["egress"][0]["to"][0]["ipBlock"]["except"].remove(
         "169.254.0.0/16")),
    ("mail servers within reach", "can reach 8.8.8.8 at TCP 25",
     lambda w: policy(w, "mpic-eu-central-1", "egress")["egress"][0]["ports"].append(
         {"protocol": "TCP", "port": 25})),
    ("everybody may ask", "can be reached by default/", lambda w: policy(w, "mpic-coordinator", "ingress")["ingress"][0]["from"].append(
        {"namespaceSelector": {}})),
    ("Prometheus is kept out", "cannot be reached by monitoring/", lambda w: policy(w, "mpic-coordinator", "ingress")["ingress"].pop()),
    ("a metric that nobody exports", "nobody exports load",
     lambda w: w.of("HorizontalPodAutoscaler")[0]["spec"]["metrics"][0]["pods"]["metric"].update(name="load")),
    ("one pod is enough", "may leave one pod", lambda w: w.of("HorizontalPodAutoscaler")[0]["spec"].update(minReplicas=1)),
    ("more pods than streams", "up to 8 pods, with 4 streams", lambda w: scaler_of(w, perspective(w))["spec"].update(maxReplicas=8)),
    ("nobody alerts", "0 sets of rules", lambda w: remove(w, "PrometheusRule")),
    ("nobody scrapes", "not scraped once", lambda w: remove(w, "PodMonitor")),
    ("whatever image is latest", "image mpic-coordinator:latest",
     lambda w: main_container(coordinator(w)).update(image="mpic-coordinator:latest")),
    ("a configuration under its bare name", "not named by its hash",
     lambda w: [o["metadata"].update(name="coordinator") for o in w.of("ConfigMap")
                if "coordinator.yaml" in o["data"]]),
)

# Where cert-manager makes the certificates.
OF_CERTIFICATES = (
    ("the Service is called something else", "and says it is None",
     lambda w: w.get("Certificate", "mpic-coordinator", "coordinator")["spec"].pop("dnsNames")),
)
