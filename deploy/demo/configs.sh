# shellcheck shell=bash
# Certificates and configuration files of the coordinator and of each perspective. Sourced after
# world.sh; the names of the demonstration's trust domain are spiffe://mpic.demo/...

make_ca() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 \
    -subj "/CN=mpic demonstration CA" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout "$LAB/tls/ca.key" -out "$LAB/tls/ca.pem" 2>/dev/null
}

# make_certificate PATH [OTHER_NAMES]: tls/<last part>.pem and .key for spiffe://mpic.demo/PATH.
make_certificate() {
  local file=$LAB/tls/${1##*/}
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=${1##*/}" \
    -keyout "$file.key" -out "$file.csr" 2>/dev/null
  openssl x509 -req -in "$file.csr" -CA "$LAB/tls/ca.pem" -CAkey "$LAB/tls/ca.key" -days 7 \
    -set_serial "0x$(openssl rand -hex 12)" -out "$file.pem" -extfile <(cat <<EXT
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = URI:spiffe://mpic.demo/$1${2:+, $2}
EXT
    ) 2>/dev/null
  rm "$file.csr"
}

# make_attestation_key PLACE: what its results are signed with, and what the coordinator pins.
make_attestation_key() {
  openssl genpkey -algorithm ED25519 -out "$LAB/tls/$1.attestation.key" 2>/dev/null
  openssl pkey -in "$LAB/tls/$1.attestation.key" -pubout -out "$LAB/tls/$1.attestation.pub"
}

make_certificates() {
  local place
  mkdir -p "$LAB/tls"
  make_ca
  for place in "${PLACES[@]}"; do
    make_certificate "perspective/$place"
    make_attestation_key "$place"
  done
  # grpcurl and clients in other languages compare the name that they connect to.
  make_certificate coordinator "DNS:localhost, IP:127.0.0.1"
  make_certificate ra        # asks the coordinator
  make_certificate operator  # may look through one perspective
}

tls_lines() {  # tls_lines NAME ALLOWED_PEER...
  printf '  certificate_file: "%s"\n  private_key_file: "%s"\n  trusted_ca_file: "%s"\n' \
    "$LAB/tls/$1.pem" "$LAB/tls/$1.key" "$LAB/tls/ca.pem"
  printf '  allowed_peers:\n'
  printf '    - "spiffe://mpic.demo/%s"\n' "${@:2}"
}

write_perspective_config() {  # write_perspective_config PLACE
  cat >"$LAB/config/$1.yaml" <<YAML
perspective_id: $1
region: $1
rir: ${RIR[$1]}
location: {latitude: ${LATITUDE[$1]}, longitude: ${LONGITUDE[$1]}}
resolver:
  address: "$(address "resolver/$1")"
  validates_dnssec: true
listen: "$(address "grpc/$1")"
admin_listen: "$(address "admin/$1")"
tls:
$(tls_lines "$1" coordinator operator)
attestation:
  key_id: $1-1
  private_key_file: "$LAB/tls/$1.attestation.key"
threads: 1
drain_timeout: "2s"
lab:
  allowed_reserved_prefixes: ["127.0.0.0/8"]
  http_port: $(port http)
  https_port: $(port https)
YAML
}

write_coordinator_config() {
  local place
  {
    cat <<YAML
listen: "$(address grpc/coordinator)"
admin_listen: "$(address admin/coordinator)"
tls:
$(tls_lines coordinator ra)
primary_perspective_id: $PRIMARY
policy:
  dispatch: PRIMARY_FIRST
  check_budget: "5s"
  straggler_grace: "500ms"
  require_attestation: true
caa_issuer_domain_names: [ca.example.com]
audit:
  directory: "$LAB/audit"
threads: 1
drain_timeout: "2s"
lab: true
perspectives:
YAML
    for place in "${PLACES[@]}"; do
      cat <<YAML
  - perspective_id: $place
    address: "$(address "grpc/$place")"
    peer_name: "spiffe://mpic.demo/perspective/$place"
    region: $place
    rir: ${RIR[$place]}
    location: {latitude: ${LATITUDE[$place]}, longitude: ${LONGITUDE[$place]}}
    attestation_keys:
      - {key_id: $place-1, public_key_file: "$LAB/tls/$place.attestation.pub"}
YAML
    done
  } >"$LAB/config/coordinator.yaml"
}

# Two commands for a person: ./mpicctl asks the coordinator as an RA does; ./look PLACE asks one
# perspective what it sees. Sourcing ./values names what the applicants have published.
write_commands() {
  printf '%s=%q\n' KEY_AUTHORIZATION "$KEY_AUTHORIZATION" RANDOM_VALUE "$RANDOM_VALUE" \
    ACCOUNT_URL "$ACCOUNT_URL" >"$LAB/values"
  cat >"$LAB/mpicctl" <<SH
#!/bin/sh
exec "$BIN/mpicctl" --server $(address grpc/coordinator) \\
  --certificate-file "$LAB/tls/ra.pem" --private-key-file "$LAB/tls/ra.key" \\
  --trusted-ca-file "$LAB/tls/ca.pem" --peer-name spiffe://mpic.demo/coordinator "\$@"
SH
  {
    # shellcheck disable=SC2016 # $1 belongs to the script that is written
    printf '#!/bin/sh\nplace=${1-}; [ $# = 0 ] || shift\ncase $place in\n'
    for place in "${PLACES[@]}"; do printf '%s) server=%s ;;\n' "$place" "$(address "grpc/$place")"; done
    cat <<SH
*) echo "places: ${PLACES[*]}" >&2; exit 2 ;;
esac
exec "$BIN/mpicctl" --server \$server \\
  --certificate-file "$LAB/tls/operator.pem" --private-key-file "$LAB/tls/operator.key" \\
  --trusted-ca-file "$LAB/tls/ca.pem" --peer-name "spiffe://mpic.demo/perspective/\$place" \\
  check --attestation-key "$LAB/tls/\$place.attestation.pub" "\$@"
SH
  } >"$LAB/look"
  chmod +x "$LAB/mpicctl" "$LAB/look"
}

write_configs() {
  local place
  mkdir -p "$LAB/config"
  for place in "${PLACES[@]}" coordinator; do
    claim "grpc/$place"
    claim "admin/$place"
  done
  make_certificates
  for place in "${PLACES[@]}"; do write_perspective_config "$place"; done
  write_coordinator_config
  [[ -z $BIN ]] || write_commands
}
