#!/bin/sh
# Refused: spec.suspend is true
# Earns: 34
set -e
kubectl -n taskmaster patch deployment frontend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/nodeSelector"}]'
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
