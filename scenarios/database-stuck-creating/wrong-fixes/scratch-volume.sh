#!/bin/sh
# Refused: no longer mounts PersistentVolumeClaim/postgres-pvc
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/volumes/1/configMap/items"},
  {"op": "replace", "path": "/spec/template/spec/volumes/0", "value": {"name": "postgres-storage", "emptyDir": {}}}
]'
