#!/bin/sh
# Refused: the cpu limit 64 is far above the healthy 500m
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/resources/requests/cpu", "value": "200m"}
]'
