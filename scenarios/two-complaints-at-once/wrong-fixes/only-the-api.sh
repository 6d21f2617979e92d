#!/bin/sh
# Refused: not ready
# Earns: 50
set -e
kubectl -n taskmaster patch service backend-svc --type=json -p '[{"op": "replace", "path": "/spec/selector/app", "value": "backend"}]'
