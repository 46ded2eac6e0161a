# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who source this
# Where the perspectives stand and what an attacker does to the network around them. Sourced.
# Four of the six remotes lie in one RIR region, so that agreement inside one region can be shown.
# All are at least 500 km apart; the coordinator would refuse its configuration otherwise.

PRIMARY=eu-frankfurt
REMOTES=(eu-stockholm eu-madrid eu-athens me-dubai us-ashburn ap-tokyo)
PLACES=("$PRIMARY" "${REMOTES[@]}")

declare -A RIR=(
  [eu-frankfurt]="RIPE NCC" [eu-stockholm]="RIPE NCC" [eu-madrid]="RIPE NCC"
  [eu-athens]="RIPE NCC" [me-dubai]="RIPE NCC" [us-ashburn]="ARIN" [ap-tokyo]="APNIC")
declare -A LATITUDE=(
  [eu-frankfurt]=50.11 [eu-stockholm]=59.33 [eu-madrid]=40.42
  [eu-athens]=37.98 [me-dubai]=25.20 [us-ashburn]=39.04 [ap-tokyo]=35.68)
declare -A LONGITUDE=(
  [eu-frankfurt]=8.68 [eu-stockholm]=18.07 [eu-madrid]=-3.70
  [eu-athens]=23.73 [me-dubai]=55.27 [us-ashburn]=-77.49 [ap-tokyo]=139.69)

# Zones that the resolver of a place gets from the rogue name server instead of the true one.
# victim-bank.com: the prefix of its name servers is hijacked, as seen from three places.
# geo-shop.com: its owner answers differently by continent, and forgot the record in one half.
declare -A LED_ASTRAY=(
  [eu-frankfurt]="victim-bank.com" [eu-stockholm]="victim-bank.com" [eu-madrid]="victim-bank.com"
  [us-ashburn]="geo-shop.com" [ap-tokyo]="geo-shop.com")
