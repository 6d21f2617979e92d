#!/bin/sh
# Refused: Deployment/postgres no longer mounts PersistentVolumeClaim/postgres-pvc at /var/lib/postgresql/data
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/containers/0/args"},
  {"op": "replace", "path": "/spec/template/spec/volumes/0", "value": {"name": "postgres-storage", "emptyDir": {}}}
]'
