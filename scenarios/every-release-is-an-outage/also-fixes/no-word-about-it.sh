#!/bin/sh
# Accepted: what is not said is the default.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "remove", "path": "/spec/strategy"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
