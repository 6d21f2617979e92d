#!/bin/sh
# All three: the pause, the probe, the selector.
set -e
kubectl -n taskmaster rollout resume deployment backend
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/path", "value": "/api/health"}
]'
kubectl -n taskmaster patch service backend-svc --type=merge -p '{"spec":{"selector":{"app":"backend"}}}'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
