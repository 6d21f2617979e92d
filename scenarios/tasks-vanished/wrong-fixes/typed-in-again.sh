#!/bin/sh
# Refused: Deployment/postgres no longer mounts PersistentVolumeClaim/postgres-pvc at /var/lib/postgresql/data
set -e
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
kubectl -n taskmaster rollout status deployment backend --timeout=120s
for title in 'Order disks for the backup server' 'Renew the certificate of the mail gateway'; do
  kubectl -n taskmaster exec deploy/backend -- curl -sf -X POST -H 'Content-Type: application/json' \
    -d "{\"title\":\"$title\"}" http://backend-svc:5000/api/tasks
done
