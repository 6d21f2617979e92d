#!/bin/sh
# Refused: status.phase is "Pending"
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/volumes"},
  {"op": "remove", "path": "/spec/template/spec/containers/0/volumeMounts"}
]'
