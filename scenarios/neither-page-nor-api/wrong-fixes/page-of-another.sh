#!/bin/sh
# Refused: the page does not contain "TaskMaster"
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/host", "value": "taskmaster.local"}]'
kubectl -n taskmaster set image deployment/frontend frontend=nginx
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
