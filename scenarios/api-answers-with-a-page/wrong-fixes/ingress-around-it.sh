#!/bin/sh
# Refused: the Ingress sends taskmaster.local/api to api instead of backend-svc
set -e
kubectl -n taskmaster expose deployment backend --name=api --port=5000
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[
  {"op": "replace", "path": "/spec/rules/0/http/paths/0/backend/service/name", "value": "api"}
]'
