#!/bin/bash
# The shell scripts parse, and answer mistakes with a usage status instead of doing something else.
set -u
root=$1
status=0
fail() {
  echo "$1" >&2
  status=1
}
for script in "$root"/scripts/* "$root"/.ci/run; do
  [[ -f $script ]] && head -1 "$script" | grep -q '^#!/bin/bash' || continue
  bash -n "$script" || fail "$script: does not parse"
done

"$root/scripts/install-deps" --nonsense >/dev/null 2>&1
[[ $? == 2 ]] || fail "install-deps: an unknown argument is not status 2"
"$root/scripts/bench" --nonsense >/dev/null 2>&1
[[ $? == 2 ]] || fail "bench: an unknown option is not status 2"

# A file that is not formatted is named and left as it is.
planted=$(mktemp --suffix=.cc)
trap 'rm -f "$planted"' EXIT
printf 'int   x ;\n' >"$planted"
"$root/scripts/format" --check "$planted" >/dev/null 2>&1 && fail "format --check: passes int   x ;"
[[ $(cat "$planted") == 'int   x ;' ]] || fail "format --check: changed the file"
exit $status
