#!/bin/sh
# Accepted: the Deployment is deleted and created again with the right key.
set -e
kubectl -n taskmaster get deployment backend -o json > /tmp/backend-$$.json
sed -i 's/"POSTGRES_PASS"/"POSTGRES_PASSWORD"/' /tmp/backend-$$.json
kubectl -n taskmaster replace --force -f /tmp/backend-$$.json
rm /tmp/backend-$$.json
kubectl -n taskmaster rollout status deployment backend --timeout=120s
