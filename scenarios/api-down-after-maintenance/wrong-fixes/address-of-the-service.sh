#!/bin/sh
# Refused: DB_HOST in Secret/backend-secret is the address
set -e
address=$(kubectl -n taskmaster get service postgres-svc -o jsonpath='{.spec.clusterIP}')
kubectl -n taskmaster patch secret backend-secret -p "{\"stringData\": {\"DB_HOST\": \"$address\"}}"
kubectl -n taskmaster rollout restart deployment backend
