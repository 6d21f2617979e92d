#!/bin/sh
# Both, one after the other.
set -e
kubectl -n taskmaster set image deployment/frontend frontend=docker.io/reddydodda/taskmaster-frontend:1.0
kubectl -n taskmaster patch service backend-svc --type=json -p '[{"op": "replace", "path": "/spec/selector/app", "value": "backend"}]'
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
