#!/usr/bin/env bash
# The three phases one after the other, each a process of its own, and then all that the platform knows.
# usage: three-phases.sh [<repo>]
here=$(dirname "$0")
. "$here/call.sh"
repo=${1:-RSOLV-dev/nodegoat-vulnerability-demo} issue=42

# The branch moves on between the phases.
scanned=692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a
"$here/scan.sh" "$repo" "$scanned"
"$here/validate.sh" "$repo" "$issue" "$scanned" 5d0b5a1e6c2f4f6e9a3c1b7d8e0f2a4c6b8d0e1f
"$here/mitigate.sh" "$repo" "$issue" "$scanned" 9c4e2b7a1d3f5e6c8b0a2d4f6e8c0b1a3d5f7e9c

retrieve "$repo" "$issue" "$scanned" | jq -r --arg repo "$repo" --arg issue "$issue" '
  def bySeverity: group_by(.severity) | map({key: .[0].severity, value: length}) | from_entries
    | [("critical", "high", "medium", "low") as $each | select(.[$each]) | "\(.[$each]) \($each)"] | join(", ");
  .validation["issue-" + $issue] as $validation | .mitigation["issue-" + $issue] as $mitigation | "
What the platform knows of \($repo), issue \($issue):
  scan        \(.scan.vulnerabilities | length) findings: \(.scan.vulnerabilities | bySeverity)
  validation  \($validation.vulnerabilities[0] | "\(.message) (\(.cweId)), \(.filePath):\(.line)")
              \($validation.testResults.failed) failing test in \($validation.testPath)
  mitigation  \($mitigation.pr_url), pull request \($mitigation.pr_number), \($mitigation.files_changed) file changed
              \($mitigation.fixes[0].description)"'
