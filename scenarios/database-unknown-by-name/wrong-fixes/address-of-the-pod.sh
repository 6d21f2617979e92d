#!/bin/sh
# Refused: DB_HOST in Secret/backend-secret is the address
set -e
address=$(kubectl -n taskmaster get pods -l app=postgres -o jsonpath='{.items[0].status.podIP}')
kubectl -n taskmaster patch secret backend-secret -p "{\"stringData\": {\"DB_HOST\": \"$address\"}}"
kubectl -n taskmaster rollout restart deployment backend
