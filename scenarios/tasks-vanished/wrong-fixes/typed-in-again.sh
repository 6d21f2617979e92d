#!/bin/sh
# Refused: Deployment/postgres no longer mounts PersistentVolumeClaim/postgres-pvc at /var/lib/postgresql/data
set -e
create() {
  kubectl -n taskmaster exec deploy/backend -- curl -sf -X POST -H 'Content-Type: application/json' \
    -d "{\"title\":\"$1\"}" http://localhost:5000/api/tasks
}
for title in 'Order disks for the backup server' 'Renew the certificate of the mail gateway'; do
  tries=0
  until create "$title"; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ]
    sleep 1
  done
done
