#!/bin/sh
# Refused: instead of backend-svc
set -e
kubectl -n taskmaster expose deployment backend --name=backend-direct --port=5000
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/0/backend/service/name", "value": "backend-direct"}]'
