#!/usr/bin/env bash
# Balances in any pipeline, or from cron:
#
#   pipeline.sh check [files]    on every change: the files, and the plan
#   pipeline.sh apply [files]    on the main branch
#   pipeline.sh drift [files]    every night; fails when something has drifted
#
# Needs AUTUMN_SECRET_KEY. AUTUMN_BALANCES is the command, if it is not `npx autumn-balances`.
#
# In a job array each job does its part of `check`, `apply` and `drift`. Which one it is comes from the array's own
# variables (Slurm, AWS Batch, Buildkite, CircleCI), or from SHARD, such as 2/7, in all others.
set -euo pipefail

verb=${1:-}
shift || true
read -ra balances <<< "${AUTUMN_BALANCES:-npx autumn-balances}"

# The job's number in its array from 0 on, and how many there are.
index= count=
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
  # An array such as 0-6:2 counts in steps.
  index=$(((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN) / ${SLURM_ARRAY_TASK_STEP:-1})) count=$SLURM_ARRAY_TASK_COUNT
elif [ -n "${AWS_BATCH_JOB_ARRAY_INDEX:-}" ]; then
  index=$AWS_BATCH_JOB_ARRAY_INDEX count=$AWS_BATCH_JOB_ARRAY_SIZE
elif [ -n "${BUILDKITE_PARALLEL_JOB:-}" ]; then
  index=$BUILDKITE_PARALLEL_JOB count=$BUILDKITE_PARALLEL_JOB_COUNT
elif [ -n "${CIRCLE_NODE_INDEX:-}" ]; then
  index=$CIRCLE_NODE_INDEX count=$CIRCLE_NODE_TOTAL
fi
shard=${SHARD:-${index:+$((index + 1))/$count}}

run() {
  "${balances[@]}" "$@" ${shard:+--shard "$shard"}
}

case $verb in
  check)
    "${balances[@]}" validate "$@"
    run plan "$@"
    ;;
  apply) run apply --yes "$@" ;;
  drift) run drift "$@" ;;
  *)
    echo "usage: $0 check|apply|drift [files]" >&2
    exit 64
    ;;
esac
