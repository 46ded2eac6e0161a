# shellcheck shell=bash
# The small Internet of the laboratory: authoritative name servers, one validating resolver for each
# perspective, a web server. Sourced after lab.sh, places.sh and zones.sh.

# start_nsd true|rogue ZONE...
start_nsd() {
  local side=$1 zone dir=$LAB/dns/$1
  shift
  {
    cat <<NSD
server:
  ip-address: 127.0.0.1@$(port "dns/$side")
  username: ""
  database: ""
  zonesdir: "$dir"
  pidfile: "$dir.pid"
  xfrdfile: "$dir.xfrd"
  xfrdir: "$dir"
  zonelistfile: "$dir.zonelist"
  server-count: 1
remote-control:
  control-enable: no
NSD
    for zone in "$@"; do
      printf 'zone:\n  name: "%s"\n  zonefile: "%s"\n' "$zone" "$(zone_file "$side" "$zone")"
    done
  } >"$dir.conf"
  start_process "nsd-$side" nsd -d -c "$dir.conf"
}

# Which name server a resolver asks for each zone. All zones are named, because the name servers do
# not listen on port 53, where a referral would lead.
stub_zones() {  # stub_zones PLACE
  local zone side
  for zone in "${TRUE_ZONES[@]}"; do
    side=true
    [[ " ${LED_ASTRAY[$1]:-} " == *" $zone "* ]] && side=rogue
    printf 'stub-zone:\n  name: "%s"\n  stub-addr: 127.0.0.1@%s\n' "$zone" "$(port "dns/$side")"
  done
}

# start_unbound PLACE: a copy of the program, since Debian's AppArmor profile ties
# /usr/sbin/unbound to the directories of the system's own resolver.
start_unbound() {
  local dir=$LAB/resolver/$1
  mkdir -p "$dir"
  {
    cat <<UNBOUND
server:
  interface: 127.0.0.1
  port: $(port "resolver/$1")
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  local-zone: "127.in-addr.arpa." nodefault
  username: ""
  chroot: ""
  directory: "$dir"
  pidfile: "$dir/pid"
  use-syslog: no
  logfile: ""
  num-threads: 1
  msg-cache-size: 256k
  rrset-cache-size: 512k
  key-cache-size: 256k
  cache-max-ttl: 5
  cache-max-negative-ttl: 1
  module-config: "validator iterator"
  trust-anchor-file: "$LAB/dns/trust-anchor"
  val-log-level: 2
  ede: yes
  harden-dnssec-stripped: yes
  harden-below-nxdomain: yes
  harden-glue: yes
remote-control:
  control-enable: no
UNBOUND
    stub_zones "$1"
  } >"$dir/unbound.conf"
  start_process "unbound-$1" "$LAB/resolver/unbound" -d -c "$dir/unbound.conf"
}

# make_site_certificate FILE SAN [EXTENSION]: $LAB/web/FILE.pem, key and certificate.
make_site_certificate() {
  local file=$LAB/web/$1.pem
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=$1" \
    -addext "subjectAltName=$2" ${3:+-addext "$3"} -keyout "$file.key" -out "$file" 2>/dev/null
  cat "$file.key" >>"$file"
  rm "$file.key"
}

# What tls-alpn-01 looks at, by the name that the client asks for: acmeIdentifier is an OCTET STRING
# (04) of 32 octets (20).
make_acme_certificates() {
  local digest acme_identifier
  digest=$(printf %s "$KEY_AUTHORIZATION" | openssl dgst -sha256 -r | cut -d' ' -f1)
  acme_identifier=1.3.6.1.5.5.7.1.31=critical,DER:0420$digest
  make_site_certificate acme-shop.example.com DNS:shop.example.com "$acme_identifier"
  make_site_certificate acme-1.0.0.127.in-addr.arpa IP:127.0.0.1 "$acme_identifier"
}

write_web_files() {
  local well_known=$LAB/web/site/.well-known
  mkdir -p "$well_known/"{acme-challenge,pki-validation} "$LAB/web/tmp"
  printf %s "$KEY_AUTHORIZATION" >"$well_known/acme-challenge/$ACME_TOKEN"
  printf %s "$RANDOM_VALUE" >"$well_known/pki-validation/ca.txt"
  cat >"$well_known/pki-validation/ca.html" <<HTML
<!doctype html><title>Our site</title><meta name="ca-validation" content="$RANDOM_VALUE">
HTML
}

write_web_site() {
  local dir=$LAB/web
  write_web_files
  make_site_certificate site "DNS:cdn.example.com,DNS:www.example.com"
  make_acme_certificates
  cat >"$dir/nginx.conf" <<NGINX
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid $dir/pid;
error_log stderr warn;
events {}
http {
  access_log $dir/access.log;
  client_body_temp_path $dir/tmp;
  proxy_temp_path $dir/tmp;
  fastcgi_temp_path $dir/tmp;
  uwsgi_temp_path $dir/tmp;
  scgi_temp_path $dir/tmp;
  default_type text/plain;
  root $dir/site;
  server {
    listen $(address http) default_server;
  }
  server {
    listen $(address http);
    server_name www.example.com;
    location / { return 301 https://cdn.example.com\$request_uri; }
  }
  server {
    listen unix:$dir/https ssl default_server;
    ssl_certificate $dir/site.pem;
    ssl_certificate_key $dir/site.pem;
  }
}
# The port of https serves two protocols: who offers acme-tls/1 is validating, all others browse.
stream {
  map \$ssl_preread_alpn_protocols \$behind {
    "acme-tls/1" unix:$dir/acme;
    default unix:$dir/https;
  }
  server {
    listen $(address https);
    ssl_preread on;
    proxy_pass \$behind;
  }
  server {
    listen unix:$dir/acme ssl;
    ssl_alpn acme-tls/1;
    ssl_certificate $dir/acme-\$ssl_server_name.pem;
    ssl_certificate_key $dir/acme-\$ssl_server_name.pem;
    return "";
  }
}
NGINX
}

dig_at() {  # dig_at SERVER NAME TYPE: SERVER as in $LAB/addresses
  dig @127.0.0.1 -p "$(port "$1")" +tries=1 +timeout=2 +dnssec "$2" "$3"
}

dns_answers() { dig_at "$@" | grep 'status: NOERROR'; }
resolver_validates() { dig_at "resolver/$1" www.example.com A | grep '^;; flags:.* ad'; }
web_answers() { curl -sf "http://$(address http)/.well-known/pki-validation/ca.txt"; }

# Starts it all and waits until it answers.
start_world() {
  local name place
  for name in dns/true dns/rogue http https "${PLACES[@]/#/resolver/}"; do claim "$name"; done
  write_zones
  write_web_site
  start_nsd true "${TRUE_ZONES[@]}"
  start_nsd rogue "${ROGUE_ZONES[@]}"
  start_process nginx nginx -e stderr -c "$LAB/web/nginx.conf"
  mkdir -p "$LAB/resolver"
  cp "$(command -v unbound)" "$LAB/resolver/unbound"
  for place in "${PLACES[@]}"; do start_unbound "$place"; done
  wait_until nsd-true 10 dns_answers dns/true . SOA
  wait_until nsd-rogue 10 dns_answers dns/rogue victim-bank.com SOA
  wait_until nginx 10 web_answers
  for place in "${PLACES[@]}"; do wait_until "unbound-$place" 10 resolver_validates "$place"; done
}
