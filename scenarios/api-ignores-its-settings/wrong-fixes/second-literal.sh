#!/bin/sh
# Refused: not a Service's name
set -e
address=$(kubectl -n taskmaster get service postgres-svc -o jsonpath='{.spec.clusterIP}')
kubectl -n taskmaster set env deployment/backend DB_HOST="$address"
