#!/bin/sh
# Refused: the readiness probe is now exec
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe", "value":
    {"exec": {"command": ["curl", "-sf", "localhost:5000/api/health"]}, "periodSeconds": 5}},
  {"op": "replace", "path": "/spec/template/spec/containers/0/livenessProbe", "value":
    {"exec": {"command": ["curl", "-sf", "localhost:5000/api/health"]}, "periodSeconds": 10}}
]'
