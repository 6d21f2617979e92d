#!/bin/sh
# Refused: spec.suspend is true
# Earns: 33
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/args"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
