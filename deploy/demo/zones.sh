# shellcheck shell=bash
# The zones of the laboratory under a private signed root. Sourced after lab.sh.

# shellcheck disable=SC2034 # used by those who source this
TRUE_ZONES=(. com example.com broken.com victim-bank.com geo-shop.com 127.in-addr.arpa)
# shellcheck disable=SC2034 # used by those who source this
ROGUE_ZONES=(victim-bank.com geo-shop.com)

# What an ACME client publishes: token "." thumbprint, and for DNS the digest of both.
ACME_TOKEN=evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA
KEY_AUTHORIZATION=$ACME_TOKEN.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
DNS_VALUE=$(printf %s "$KEY_AUTHORIZATION" | openssl dgst -sha256 -binary |
  basenc --base64url | tr -d =)
# shellcheck disable=SC2034 # used by those who source this
RANDOM_VALUE=4f9c2a7be1d04c6f8a35b1e97d20c4aa  # for the methods that are not ACME
ACCOUNT_URL=https://ca.example.com/acme/acct/1
PERSISTENT_VALUE="ca.example.com; accounturi=$ACCOUNT_URL"
# dns-account-01: what the account's label is, by its draft.
ACCOUNT_LABEL=_$(printf %s "$ACCOUNT_URL" | openssl dgst -sha256 -binary | head -c 10 |
  basenc --base32 | tr '[:upper:]' '[:lower:]')

zone_file() { echo "$LAB/dns/$1/${2/#./root}"; }  # zone_file true|rogue ZONE

# begin_zone SIDE ZONE: SOA, NS and the name server's address.
begin_zone() {
  local origin=${2%.}. ns=ns1.${2#.}
  cat >"$(zone_file "$1" "$2")" <<ZONE
\$ORIGIN $origin
\$TTL 60
@ IN SOA ${ns%.}. hostmaster.${ns%.}. $(date +%s) 3600 600 86400 5
@ IN NS ${ns%.}.
${ns%.}. IN A 127.0.0.1
ZONE
}

# add SIDE ZONE: records from standard input.
add() { cat >>"$(zone_file "$1" "$2")"; }

# sign ZONE [PARENT]: signs a true zone; its DS goes to the parent, which is signed later.
sign() {
  local zone=$1 parent=${2:-} file key
  file=$(zone_file true "$zone")
  key=$(cd "$LAB/dns/keys" && ldns-keygen -k -a ECDSAP256SHA256 "${zone%.}.")
  ldns-signzone -e "$(date -u -d '+7 days' +%Y%m%d)" -f "$file.signed" "$file" "$LAB/dns/keys/$key"
  mv "$file.signed" "$file"
  if [[ -n $parent ]]; then
    add true "$parent" <"$LAB/dns/keys/$key.ds"
  else
    cp "$LAB/dns/keys/$key.key" "$LAB/dns/trust-anchor"
  fi
}

write_example_com() {
  begin_zone true example.com
  add true example.com <<ZONE
www IN A 127.0.0.1
cdn IN A 127.0.0.1
shop IN A 127.0.0.1
_acme-challenge.shop IN TXT "$DNS_VALUE"
_dcv.shop IN TXT "$RANDOM_VALUE"
shop IN CAA 0 issue "ca.example.com"
; validation of another name, delegated with an alias
api IN A 127.0.0.1
_acme-challenge.api IN CNAME _acme-challenge.shop
; the methods that leave their value standing, and those that look for a contact
$ACCOUNT_LABEL._acme-challenge.shop IN TXT "$DNS_VALUE"
_validation-persist.shop IN TXT "$PERSISTENT_VALUE"
contact IN CAA 0 contactemail "pki@example.com"
contact IN CAA 0 contactphone "+1 555 123 4567"
_validation-contactemail.contact IN TXT "pki@example.com"
_validation-contactphone.contact IN TXT "+1-555-123-4567"
; a name that another one stands for
blog IN CNAME shop
; another CA's customer
forbid IN A 127.0.0.1
forbid IN CAA 0 issue "other-ca.example.net"
ZONE
  sign example.com com
}

# What 127.0.0.1, an address as an applicant has one, is called; unsigned.
write_reverse_zone() {
  begin_zone true 127.in-addr.arpa
  add true 127.in-addr.arpa <<ZONE
1.0.0 IN PTR shop.example.com.
_ip-validation-persist.1.0.0 IN TXT "$PERSISTENT_VALUE"
ZONE
}

# Signed, then changed behind its signature's back.
write_broken_com() {
  begin_zone true broken.com
  add true broken.com <<<'_acme-challenge IN TXT "what the owner signed"'
  sign broken.com com
  sed -i "s/\"what the owner signed\"/\"$DNS_VALUE\"/" "$(zone_file true broken.com)"
}

# The two zones that differ by where one asks. Unsigned, as most are.
write_zones_of_two_faces() {
  local side zone
  for side in true rogue; do
    for zone in victim-bank.com geo-shop.com; do
      begin_zone "$side" "$zone"
      add "$side" "$zone" <<<'www IN A 127.0.0.1'
    done
  done
  add rogue victim-bank.com <<<"_acme-challenge IN TXT \"$DNS_VALUE\""
  add true geo-shop.com <<<"_acme-challenge IN TXT \"$DNS_VALUE\""
}

write_zones() {
  local zone
  mkdir -p "$LAB"/dns/{true,rogue,keys}
  begin_zone true .
  begin_zone true com
  add true . <<<'com. IN NS ns1.com.'
  add true . <<<'127.in-addr.arpa. IN NS ns1.127.in-addr.arpa.'
  for zone in example.com broken.com victim-bank.com geo-shop.com; do
    add true com <<<"$zone. IN NS ns1.$zone."
  done
  write_example_com
  write_reverse_zone
  write_broken_com
  write_zones_of_two_faces
  sign com .
  sign .
}
