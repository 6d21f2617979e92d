#!/bin/sh
# Refused: no endpoints
# Earns: 50
set -e
kubectl -n taskmaster patch service frontend-svc --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 80}]'
