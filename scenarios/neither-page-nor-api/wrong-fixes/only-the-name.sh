#!/bin/sh
# Refused: no ready endpoints
# Earns: 34
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/host", "value": "taskmaster.local"}]'
