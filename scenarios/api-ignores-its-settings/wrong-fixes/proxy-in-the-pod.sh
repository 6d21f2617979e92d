#!/bin/sh
# Refused: which is not one of its images
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "add", "path": "/spec/template/spec/containers/-", "value":
    {"name": "proxy", "image": "busybox:1.36", "command": ["sleep", "3600"]}}
]'
