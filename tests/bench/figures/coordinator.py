"""What a corroboration costs the coordinator, held against a relay without any logic that sends and takes
the same messages between the same peers: how many, how much CPU, how long; and how that grows with checks
per request and with remotes."""
import coordinator_world
import measure

NAMES = ("coordinator_fanout", "coordinator_cpu", "coordinator_latency", "batch", "batch_saturated",
         "scale_perspectives")
CONCURRENCY = 64
OPERATIONS = 6000
LATENCY_SECONDS = 4


def figures(world):
    taken = []
    if any(map(world.wants, ("coordinator_fanout", "coordinator_cpu", "coordinator_latency"))):
        taken += against_relay(world)
    if world.wants("batch"):
        taken.append(batch(world))
    if world.wants("batch_saturated"):
        taken.append(batch_saturated(world))
    if world.wants("scale_perspectives"):
        taken.append(scale_perspectives(world))
    return taken


def against_relay(world):
    with coordinator_world.CoordinatorWorld(world) as grounds:
        grounds.perspectives()
        relay, coordinator = grounds.relay(), grounds.coordinator()
        pairs = measure.alternate(
            lambda: grounds.load(relay, OPERATIONS, concurrency=CONCURRENCY),
            lambda: grounds.load(coordinator, OPERATIONS, concurrency=CONCURRENCY))
        fanout = pairs.figure("coordinator_fanout", "corroborations/s", bar=0.5, aim=0.7, at_most=False,
                              of=lambda run: run.per_second)
        cpu = pairs.figure("coordinator_cpu", "us CPU a corroboration", bar=2.0, aim=1.4,
                           of=lambda run: run.cpu_per_operation * 1e6)
        taken = [one for one in (fanout, cpu) if world.wants(one.name)]
        if world.wants("coordinator_latency"):
            taken += latency(grounds, relay, coordinator, fanout.value / 2)
        return taken


def latency(grounds, relay, coordinator, rate):
    """At a rate that both bear. What waits for the disk is told apart: the ratio is that of a coordinator
    whose log lies in memory, then follows one whose log lies on disk."""
    in_memory = grounds.coordinator(audit=grounds.memory_directory("audit") / "log")
    operations = int(rate * LATENCY_SECONDS)
    pairs = measure.alternate(lambda: grounds.load(relay, operations, rate=rate).p99_ms,
                              lambda: grounds.load(in_memory, operations, rate=rate).p99_ms)
    on_disk = measure.alternate(lambda: grounds.load(in_memory, operations, rate=rate).p99_ms,
                                lambda: grounds.load(coordinator, operations, rate=rate).p99_ms)
    name = "mpic_coordinator_audit_write_duration_seconds"
    batches = coordinator.metric(f"{name}_count")
    return [pairs.figure("coordinator_latency", "ms, p99 at half of the capacity", bar=2.0, aim=1.4,
                         rate=rate),
            on_disk.figure("coordinator_latency_disk", "ms, p99 with the log on disk over in memory",
                           rate=rate,
                           write_ms_mean=1e3 * coordinator.metric(f"{name}_sum") / batches,
                           records_per_write=coordinator.metric(
                               "mpic_coordinator_audit_batch_records_sum") / batches)]


def batch(world):
    """One caller that sends its next request when it has the answer: what requests of 100 save it."""
    return checks_of_requests(world, singles=(OPERATIONS // 10, 1), hundreds=(OPERATIONS // 200, 1)).figure(
        "batch", "checks/s of one caller, 100 a request over 1", bar=3, at_most=False)


def batch_saturated(world):
    """As many checks under way as the machine bears in either form: what requests of 100 save the
    coordinator, which has six messages for each check whatever the request."""
    return checks_of_requests(world, singles=(OPERATIONS // 2, CONCURRENCY),
                              hundreds=(OPERATIONS // 100, 4)).figure(
        "batch_saturated", "checks/s at capacity, 100 a request over 1", at_most=False)


def checks_of_requests(world, singles, hundreds):
    """Checks a second in requests of 1 and of 100: each (requests, how many at a time)."""
    with coordinator_world.CoordinatorWorld(world) as grounds:
        grounds.perspectives()
        coordinator = grounds.coordinator()

        def checks_per_second(requests, inputs):
            operations, concurrency = requests
            return inputs * grounds.load(coordinator, operations, concurrency=concurrency,
                                         inputs=inputs).per_second

        return measure.alternate(lambda: checks_per_second(singles, 1),
                                 lambda: checks_per_second(hundreds, 100))


def scale_perspectives(world):
    with coordinator_world.CoordinatorWorld(world, remotes=20) as many, \
            coordinator_world.CoordinatorWorld(world) as few:
        for grounds in (many, few):
            grounds.perspectives()
        of_many, of_few = many.coordinator(), few.coordinator()
        pairs = measure.alternate(
            lambda: few.load(of_few, OPERATIONS // 2, concurrency=CONCURRENCY).cpu_per_operation * 1e6,
            lambda: many.load(of_many, OPERATIONS // 4, concurrency=CONCURRENCY).cpu_per_operation * 1e6)
        return pairs.figure("scale_perspectives", "us CPU a corroboration, 20 remotes over 5", bar=4.2)
