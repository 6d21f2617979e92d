#!/bin/sh
# Accepted: the same, in another way.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "reddydodda/taskmaster-backend:1.0"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
