#!/bin/sh
# Refused: Secret/backend-secret does not exist
set -e
kubectl -n taskmaster create configmap backend-database \
  --from-literal=DB_HOST=postgres-svc --from-literal=DB_PORT=5432 --from-literal=DB_NAME=taskmaster
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/envFrom/1", "value": {"configMapRef": {"name": "backend-database"}}}
]'
