#!/bin/sh
# Accepted: the Service is deleted and created again, as it should be.
set -e
kubectl -n taskmaster delete service backend-svc
kubectl -n taskmaster expose deployment backend --name=backend-svc --port=5000
