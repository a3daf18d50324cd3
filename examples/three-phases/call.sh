# Read by the phases: the two calls to the platform. Where it refuses, the phase ends with the platform's own words.
set -euo pipefail

stop() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

for tool in curl jq; do
  command -v "$tool" > /dev/null || stop "needs $tool, which is not installed"
done

url=${RSOLV_API_URL:-http://127.0.0.1:4000}
[ -n "${RSOLV_API_KEY:-}" ] || stop "needs an API key: set RSOLV_API_KEY"

# curl's arguments come after the path. The key goes by a file descriptor, so that no list of processes shows it.
call() {
  local path=$1 answer status body
  shift
  answer=$(curl --silent --show-error --header @<(printf 'x-api-key: %s' "$RSOLV_API_KEY") \
    --write-out '\n%{http_code}' "$@" "$url/api/v1/phases/$path") || stop "no answer from $url; is the platform running there?"
  status=${answer##*$'\n'}
  body=${answer%$'\n'*}
  [ "$status" = 200 ] ||
    stop "$(jq -r '"\(.error.message) (\(.error.code), request \(.requestId))"' <<< "$body" 2> /dev/null || echo "$url answers with status $status")"
  printf '%s\n' "$body"
}

# store: one phase's result, which comes as JSON on stdin
store() {
  call store --header 'content-type: application/json' --data-binary @-
}

# retrieve <repo> <issue> <commit>
retrieve() {
  call retrieve --get --data-urlencode "repo=$1" --data-urlencode "issue=$2" --data-urlencode "commit=$3"
}
