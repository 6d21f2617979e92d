#!/bin/sh
# Refused: from before the fault is
set -e
kubectl -n taskmaster exec deploy/backend -- curl -s -X POST -H 'Content-Type: application/json' -d '{"title":"Order disks for the backup server"}' http://localhost:5000/api/tasks
kubectl -n taskmaster exec deploy/backend -- curl -s -X POST -H 'Content-Type: application/json' -d '{"title":"Renew the certificate of the mail gateway"}' http://localhost:5000/api/tasks
