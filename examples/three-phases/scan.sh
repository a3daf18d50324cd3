#!/usr/bin/env bash
# SCAN: looks for vulnerabilities at a commit and stores what it found. usage: scan.sh <repo> <commit>
here=$(dirname "$0")
. "$here/call.sh"
repo=$1 commit=$2

id=$(jq --arg repo "$repo" --arg commit "$commit" \
  '{phase: "scan", repo: $repo, commitSha: $commit, branch: "main", data: .}' "$here/scan.json" | store | jq -r .id)

echo "SCAN      at ${commit:0:8}: $(jq '.vulnerabilities | length' "$here/scan.json") findings, stored as $id"
