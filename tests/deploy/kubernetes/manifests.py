"""Rendered manifests as a world in which one can ask who selects, mounts and reaches whom."""
import functools
import ipaddress
import yaml

WORKLOADS = ("Deployment", "StatefulSet")


class World:
    """The objects of all clusters of one overlay."""

    def __init__(self, name, texts):
        self.name = name
        clusters = [[o for o in yaml.safe_load_all(text) if o] for text in texts]
        self.objects = [o for cluster in clusters for o in cluster]
        # By what tells objects apart, because tests take copies of them and change those.
        self.clusters = [{where(o) for o in cluster} for cluster in clusters]

    def cluster_of(self, wanted):
        """All objects of the cluster that holds it."""
        cluster = next(names for names in self.clusters if where(wanted) in names)
        return [o for o in self.objects if where(o) in cluster]

    def of(self, *kinds):
        return [o for o in self.objects if o["kind"] in kinds]

    def get(self, kind, namespace, name):
        """The object, or None."""
        for o in self.of(kind):
            if namespace_of(o) == namespace and o["metadata"]["name"] == name:
                return o
        return None

    def selected(self, namespace, selector):
        """Workloads of the namespace whose pods the labels select."""
        return [w for w in self.of(*WORKLOADS)
                if namespace_of(w) == namespace and includes(pod_labels(w), selector)]

    def namespace_labels(self, name):
        """With the label that every namespace gets; namespaces of others have only that one."""
        namespace = self.get("Namespace", None, name)
        labels = (namespace or {}).get("metadata", {}).get("labels", {})
        return {**labels, "kubernetes.io/metadata.name": name}


def namespace_of(o):
    return o["metadata"].get("namespace")


def where(o):
    return f"{namespace_of(o) or 'cluster'}/{o['kind']}/{o['metadata']['name']}"


def includes(labels, selector):
    return all(labels.get(k) == v for k, v in selector.items())


def pod(workload):
    return workload["spec"]["template"]["spec"]


def pod_labels(workload):
    return workload["spec"]["template"]["metadata"]["labels"]


def containers(workload):
    return pod(workload)["containers"] + pod(workload).get("initContainers", [])


def main_container(workload):
    return pod(workload)["containers"][0]


def ports(workload):
    """Names of the ports of all its containers, with their numbers."""
    return {p["name"]: p["containerPort"] for c in containers(workload) for p in c.get("ports", [])}


def volumes(workload):
    """By name, with those of a StatefulSet's claims."""
    found = {v["name"]: v for v in pod(workload).get("volumes", [])}
    for claim in workload["spec"].get("volumeClaimTemplates", []):
        found[claim["metadata"]["name"]] = {"claim": claim}
    return found


def mounted(workload, path):
    """The mount that holds the file or directory, or None."""
    for mount in main_container(workload).get("volumeMounts", []):
        if path == mount["mountPath"] or path.startswith(mount["mountPath"] + "/"):
            return mount
    return None


def config_file(world, workload):
    """The text behind --config, or None."""
    path = argument(main_container(workload), "--config")
    mount = mounted(workload, path)
    source = volumes(workload).get(mount["name"], {}).get("configMap") if mount else None
    held = world.get("ConfigMap", namespace_of(workload), source["name"]) if source else None
    return held["data"].get(path[len(mount["mountPath"]) + 1:]) if held else None


@functools.lru_cache(maxsize=None)
def _parsed(text):
    return yaml.safe_load(text)


def config_of(world, workload):
    """What stands in that file, for reading; {} where there is none. Each text is parsed once, however many
    faults are put into everything around it."""
    return _parsed(config_file(world, workload) or "{}")


def argument(container, flag):
    arguments = container["args"]
    return arguments[arguments.index(flag) + 1]


def seconds(text, default):
    """"30s" as a number; the configurations here use seconds."""
    return float(text.removesuffix("s")) if text else float(default)


class Peer:
    """One end of a connection: a pod, or an address outside of the cluster."""

    def __init__(self, namespace=None, labels=None, address=None):
        self.namespace, self.labels = namespace, labels or {}
        self.address = ipaddress.ip_address(address) if address else None

    def __str__(self):
        return str(self.address) if self.address else f"{self.namespace}/{self.labels}"


def peer_of(workload):
    return Peer(namespace_of(workload), pod_labels(workload))


def _is_meant(world, rule_peer, policy_namespace, peer):
    block = rule_peer.get("ipBlock")
    if block:
        within = lambda cidr: peer.address in ipaddress.ip_network(cidr)
        return bool(peer.address and within(block["cidr"])
                    and not any(within(cidr) for cidr in block.get("except", [])))
    if peer.address:
        return False
    if "namespaceSelector" in rule_peer:
        wanted = rule_peer["namespaceSelector"].get("matchLabels", {})
        if not includes(world.namespace_labels(peer.namespace), wanted):
            return False
    elif peer.namespace != policy_namespace:
        return False
    return includes(peer.labels, rule_peer.get("podSelector", {}).get("matchLabels", {}))


def policies_of(world, workload, direction):
    return [p for p in world.of("NetworkPolicy")
            if direction in p["spec"]["policyTypes"] and workload in world.selected(
                namespace_of(p), p["spec"]["podSelector"].get("matchLabels", {}))]


def allows(world, workload, direction, peer, protocol, port):
    """Whether the policies let the workload's pods be reached ("Ingress": `port` is one of their own)
    or reach ("Egress") the peer. Without any policy everything is allowed, as in Kubernetes."""
    policies = policies_of(world, workload, direction)
    if not policies:
        return True
    key, side = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    for policy in policies:
        for rule in policy["spec"].get(key, []):
            numbers = [(p.get("protocol", "TCP"), ports(workload).get(p["port"], p["port"]))
                       for p in rule["ports"]]
            if (protocol, port) in numbers and any(
                    _is_meant(world, one, namespace_of(policy), peer) for one in rule[side]):
                return True
    return False
