#!/bin/sh
# Refused: ConfigMap/backend-config does not exist
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/containers/0/envFrom/0"}
]'
kubectl -n taskmaster set env deployment/backend FLASK_ENV=production LOG_LEVEL=info WORKERS=2
