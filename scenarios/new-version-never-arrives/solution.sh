#!/bin/sh
# Back to the revision that works, without downtime.
set -e
kubectl -n taskmaster rollout undo deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
