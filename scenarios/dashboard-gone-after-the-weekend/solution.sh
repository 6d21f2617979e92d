#!/bin/sh
# Two replicas, as before.
set -e
kubectl -n taskmaster scale deployment frontend --replicas=2
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
