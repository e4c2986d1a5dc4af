#!/bin/bash
# The systemd unit is well formed and stays hardened: systemd's own exposure score of 2.0 or better.
# Skipped (77) where systemd-analyze is not installed.
set -u
unit=$1/deploy/entented.service
command -v systemd-analyze >/dev/null || exit 77
systemd-analyze security --offline=true --threshold=20 "$unit" >/dev/null || {
  systemd-analyze security --offline=true "$unit" >&2
  exit 1
}
