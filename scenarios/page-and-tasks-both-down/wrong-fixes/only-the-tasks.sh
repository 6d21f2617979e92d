#!/bin/sh
# Refused: 502 Bad Gateway
# Earns: 50
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/volumes/0/persistentVolumeClaim/claimName", "value": "postgres-pvc"}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
