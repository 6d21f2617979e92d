#!/bin/sh
# Uses the claim that has the data.
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/volumes/0/persistentVolumeClaim/claimName", "value": "postgres-pvc"}
]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
kubectl -n taskmaster rollout status deployment backend --timeout=120s
