#!/bin/sh
# Refused: 2 desired, 1 updated, 2 ready, 2 available
set -e
kubectl -n taskmaster get pods --field-selector=status.phase=Pending -o name | xargs -r kubectl -n taskmaster delete
