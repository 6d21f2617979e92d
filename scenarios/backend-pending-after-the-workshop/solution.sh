#!/bin/sh
# The figures from before.
set -e
kubectl -n taskmaster set resources deployment backend --requests=cpu=200m,memory=256Mi --limits=cpu=500m,memory=512Mi
kubectl -n taskmaster rollout status deployment backend --timeout=120s
