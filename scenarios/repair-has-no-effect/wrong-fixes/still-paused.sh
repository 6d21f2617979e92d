#!/bin/sh
# Refused: Deployment/backend is paused
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/path", "value": "/api/health"}
]'
kubectl -n taskmaster patch service backend-svc --type=merge -p '{"spec":{"selector":{"app":"backend"}}}'
kubectl -n taskmaster delete pods -l app=backend
