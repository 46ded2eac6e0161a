# shellcheck shell=bash
# Prometheus beside the laboratory, with the rules and the console of deploy/prometheus, and applicants that
# keep coming so that there is something to see. Sourced after processes.sh.

demo=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
monitoring=$(readlink -f "$demo/../prometheus")

# Everything is faster than in production, because a demonstration is watched for minutes.
write_prometheus_config() {
  local dir=$LAB/prometheus place
  mkdir -p "$dir/targets"
  sed -e 's/_interval: 15s/_interval: 2s/' -e "s|rules/|$monitoring/rules/|g" \
    "$monitoring/prometheus.yml" >"$dir/prometheus.yml"
  printf -- '- targets: ["%s"]\n' "$(address admin/coordinator)" >"$dir/targets/coordinator.yml"
  for place in "${PLACES[@]}"; do
    printf -- '- {targets: ["%s"], labels: {perspective: %s}}\n' "$(address "admin/$place")" "$place"
  done >"$dir/targets/perspectives.yml"
}

prometheus_url() { echo "http://$(address prometheus)"; }
prometheus_is_ready() { curl -sf "$(prometheus_url)/-/ready"; }

# start_dashboard: Prometheus and the applicants; waits for the former.
start_dashboard() {
  claim prometheus
  write_prometheus_config
  start_process prometheus prometheus --config.file="$LAB/prometheus/prometheus.yml" \
    --storage.tsdb.path="$LAB/prometheus/data" --web.listen-address="$(address prometheus)" \
    --web.external-url="$(prometheus_url)" \
    --web.console.templates="$monitoring/consoles" --web.console.libraries="$monitoring/consoles"
  wait_until prometheus 30 prometheus_is_ready
  start_process applicants bash "$demo/applicants" "$LAB/values"
}
