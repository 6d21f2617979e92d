#!/bin/sh
# Refused: Service/backend-svc is of type NodePort instead of ClusterIP
set -e
kubectl -n taskmaster patch service backend-svc --type=json -p '[{"op": "replace", "path": "/spec/type", "value": "NodePort"}, {"op": "replace", "path": "/spec/ports/0/targetPort", "value": 5000}]'
