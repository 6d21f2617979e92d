#!/bin/sh
# Refused: /srv is mounted
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/volumes/0", "value": {"name": "attachments", "hostPath": {"path": "/srv"}}}
]'
