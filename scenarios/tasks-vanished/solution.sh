#!/bin/sh
# Puts the database back on its claim.
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/volumes/0", "value":
    {"name": "postgres-storage", "persistentVolumeClaim": {"claimName": "postgres-pvc"}}}
]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
kubectl -n taskmaster rollout status deployment backend --timeout=120s
